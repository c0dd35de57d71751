"""The park's figures: charts, each with its table and its file."""

from flask import Response, render_template, request

from billing.ledger.queries import BOOK_READERS
from marketplace.kernel.edge import Who, allow, current_actor, current_session, request_now
from marketplace.kernel.words import gettext
from marketplace.listings.exports import CSV, XLSX, as_csv, as_xlsx
from marketplace.office.figures.report import Machine, Report, report_of
from marketplace.office.figures.tables import heat_rows, table_of
from marketplace.office.figures.weeks import CHOICES
from marketplace.office.pages.blueprint import blueprint
from marketplace.ui.charts import BarRow, Chart, Series
from marketplace.ui.filters import reader_locale
from marketplace.ui.formats import percent

BUSIEST = 10
FIRMS_SHOWN = 20
IDLE_SHOWN = 20


def _weeks() -> int:
    asked = request.args.get("weeks", "")
    return int(asked) if asked in {str(choice) for choice in CHOICES} else CHOICES[1]


def _report() -> Report:
    return report_of(current_session(), actor=current_actor(), at=request_now(), weeks=_weeks())


@blueprint.get("/figures")
@allow(Who.OFFICE)
def figures() -> str:
    report, locale, family = _report(), reader_locale(), request.args.get("family")
    rows = heat_rows(report, locale, family)
    return render_template(
        "office/figures.html",
        report=report,
        weeks=_weeks(),
        choices=CHOICES,
        family=family if rows and family else None,
        heat=rows or heat_rows(report, locale),
        labels=_labels(report),
        used=_used_chart(report),
        orders=_orders_chart(report),
        running=_running_chart(report),
        money=_money_chart(report),
        by_firm=report.by_firm[:FIRMS_SHOWN],
        busiest=[_bar(machine, locale) for machine in report.busiest(BUSIEST)],
        idle=report.idle()[:IDLE_SHOWN],
        idle_count=len(report.idle()),
        locale=locale,
    )


def _labels(report: Report) -> list[str]:
    return [f"{week.day:%m-%d}" for week in report.weeks]


def _used_chart(report: Report) -> Chart:
    return Chart(
        title=gettext("每周开放和已订机时"),
        labels=_labels(report),
        label_name=gettext("周一"),
        unit=gettext("机时"),
        series=[
            Series(name=gettext("开放机时"), values=[round(one) for one in report.open_hours], tone="grey"),
            Series(name=gettext("已订机时"), values=[round(one) for one in report.booked_hours]),
        ],
    )


def _orders_chart(report: Report) -> Chart:
    found = [report.orders.get(week.day, (0, 0)) for week in report.weeks]
    return Chart(
        title=gettext("每周新订单金额"),
        labels=_labels(report),
        label_name=gettext("周一"),
        unit=gettext("元"),
        series=[
            Series(name=gettext("金额（元）"), values=[amount / 100 for _, amount in found]),
            Series(name=gettext("订单"), values=[float(count) for count, _ in found], kind="line", tone="amber"),
        ],
    )


def _running_chart(report: Report) -> Chart:
    running = report.running
    return Chart(
        title=gettext("每周有效机时和对外服务机时"),
        labels=_labels(report),
        label_name=gettext("周一"),
        unit=gettext("机时"),
        digits=1,
        series=[
            Series(name=gettext("有效机时"), values=[round(one, 1) for one in running.effective], tone="grey"),
            Series(name=gettext("对外服务机时"), values=[round(one, 1) for one in running.served]),
        ],
    )


def _money_chart(report: Report) -> Chart | None:
    if report.money is None:
        return None
    return Chart(
        title=gettext("每周担保余额和放款"),
        labels=_labels(report),
        label_name=gettext("周一"),
        unit=gettext("元"),
        series=[
            Series(name=gettext("周末担保余额（元）"), values=[one.held / 100 for one in report.money], kind="line"),
            Series(name=gettext("放款给供方（元）"), values=[one.released / 100 for one in report.money], tone="amber"),
        ],
    )


def _bar(machine: Machine, locale: str) -> BarRow:
    used = machine.utilisation or 0
    return BarRow(
        label=machine.listing.title(locale), note=machine.firm.name(locale), value=used, shown=percent(used), url=""
    )


@blueprint.get(
    "/figures/<any('utilisation', 'weeks', 'running', 'money', 'firms', 'machines', 'idle'):name>.<any('xlsx', 'csv'):ending>"
)
@allow(Who.OFFICE)
def figures_file(name: str, ending: str) -> Response:
    """One table as a file in which no cell acts as a formula."""
    if name == "money":
        current_actor().require_office(*BOOK_READERS)
    table = table_of(name, _report(), reader_locale(), request.args.get("family"))
    body = as_csv(table.header, table.rows) if ending == "csv" else as_xlsx(table.title, table.header, table.rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(body, content_type=CSV if ending == "csv" else XLSX, headers=headers)
