// <button data-print> prints the page as the styles of paper show it.
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
