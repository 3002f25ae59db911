// Runs before the first paint: the chosen theme, or the system's when none is chosen.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = root.dataset.theme || "auto";
    root.dataset.bsTheme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
    root.dispatchEvent(new Event("themechange"));
  };
  dark.addEventListener("change", apply);
  window.applyTheme = apply;
  apply();
})();
