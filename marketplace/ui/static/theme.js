/* Runs before the first paint, so that a dark page never flashes white. */
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("gz-theme"); } catch { /* storage refused: follow the system */ }
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();
