// What scripts say, in the language of the page.
const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");

export const say = (name) => texts[name] ?? name;
export const language = document.documentElement.lang || "ru";
