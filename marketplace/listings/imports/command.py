"""An import without pages, start to end: what `gongzao import listings FILE` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from marketplace.kernel.actor import Actor
from marketplace.kernel.clock import Clock
from marketplace.listings.batches import Batch, PublishAll, publish_all
from marketplace.listings.imports.models import ImportRun, RunState
from marketplace.listings.imports.operations import StartImport, new_run, read_run, write_run
from marketplace.listings.imports.writing import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportChoices:
    """`mapping` sheet → header → field; `key_columns` headers that together name a machine; see `CommitImport`."""

    mapping: Mapping[str, Any] | None = None
    key_columns: tuple[str, ...] = ()
    create_unidentified: bool = False
    publish: bool = False


@dataclass(frozen=True, slots=True)
class FileImport:
    """The run, done or stopped (`run.state`, `run.reason`), and what publishing came to."""

    run: ImportRun
    published: Batch | None


def import_file(
    session: Session, path: Path, choices: ImportChoices, *, actor: Actor, clock: Clock, report: Report | None = None
) -> FileImport:
    """Read, preview and write a ledger in the caller's transaction; flushes and never commits."""
    command = StartImport(
        filename=path.name, content=path.read_bytes(), mapping=choices.mapping, key_columns=choices.key_columns
    )
    run = new_run(command, enterprise_id=actor.require_trading(), actor=actor, at=clock())
    run.options = {**run.options, "create_unidentified": choices.create_unidentified}
    session.add(run)
    session.flush()
    if read_run(session, run, clock=clock) is None:
        return FileImport(run, None)
    run.move_to(RunState.COMMITTING)
    write_run(session, run, actor=actor, clock=clock, report=report or _silent)
    batch = None
    if choices.publish:
        batch = publish_all(session, PublishAll(import_run_id=run.id), actor=actor, clock=clock)
    return FileImport(run, batch)


def _silent(done: int, total: int) -> None:
    """Nobody watches."""
    del done, total
