// Menus are <details class="menu">; here they learn Esc, arrows and closing when left.
const open = () => document.querySelectorAll("details.menu[open]");
const items = (menu) => [...menu.querySelectorAll(".mi, .seg button, .chip")];

export function listenToMenus() {
  document.addEventListener("click", (event) => {
    open().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches?.("details.menu") || !event.target.open) return;
    open().forEach((menu) => { if (menu !== event.target && !menu.contains(event.target)) menu.open = false; });
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details.menu[open]") ?? open()[0];
    if (!menu) return;
    if (event.key === "Escape") {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.preventDefault();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      move(menu, event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
    }
  });
}

function move(menu, step) {
  const all = items(menu);
  const now = all.indexOf(document.activeElement);
  all[(now + step + all.length) % all.length]?.focus();
}

export function openMenu(id) {
  const menu = document.getElementById(id);
  if (!menu || !menu.offsetParent) return;
  menu.open = true;
  items(menu)[0]?.focus();
}
