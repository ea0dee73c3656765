// Looks at the page that is open, and returns what is wrong with it, in words.
const wrong = [];
const visible = (it) => {
  const style = getComputedStyle(it), box = it.getBoundingClientRect();
  return style.visibility !== "hidden" && style.display !== "none" && box.width > 1 && box.height > 1;
};
const said = (it) => `${it.tagName.toLowerCase()}.${it.getAttribute("class")} "${it.textContent.trim().slice(0, 40)}"`;

// Contrast, as WCAG 2 reckons it.
const parse = (text) => (text.match(/[\d.]+/g) || []).map(Number);
const over = (top, under) => {
  const alpha = top[3] ?? 1;
  return [0, 1, 2].map((at) => top[at] * alpha + under[at] * (1 - alpha));
};
const light = (colour) => {
  const [r, g, b] = colour.map((it) => it / 255).map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const papers = new Map();
const paper = (it) => {
  if (!it) return [255, 255, 255];
  if (!papers.has(it)) papers.set(it, over(parse(getComputedStyle(it).backgroundColor), paper(it.parentElement)));
  return papers.get(it);
};
// What stands further down looks like what stands above.
const TEXTS_MAX = 400;
let pairs = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node = walker.nextNode(); node && pairs < TEXTS_MAX; node = walker.nextNode()) {
  const it = node.parentElement;
  if (!node.nodeValue.trim() || ["SCRIPT", "NOSCRIPT"].includes(it.tagName) || !visible(it)) continue;
  const under = paper(it);
  const [a, b] = [light(over(parse(getComputedStyle(it).color), under)), light(under)].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  pairs += 1;
  if (ratio < 4.5) wrong.push(`contrast ${ratio.toFixed(2)} of ${said(it)}`);
}
if (pairs < 10) wrong.push(`only ${pairs} texts were looked at`);

// What does not fit.
if (document.documentElement.scrollWidth > innerWidth) {
  const out = [...document.querySelectorAll("body *")].filter((it) => it.getBoundingClientRect().right > innerWidth + 1);
  wrong.push(`the page is ${document.documentElement.scrollWidth} wide, and the window ${innerWidth}: ${out.slice(0, 4).map(said)}`);
}

// What comes from elsewhere.
for (const entry of performance.getEntriesByType("resource"))
  if (new URL(entry.name).origin !== location.origin) wrong.push(`loaded from elsewhere: ${entry.name}`);
for (const it of document.querySelectorAll("[style], [onclick], [onload], iframe, object, embed, img, base"))
  wrong.push(`not to be here: ${said(it)}`);

// What stands on a page by its structure.
if (document.querySelectorAll("h1").length !== 1) wrong.push("there is not one h1");
const ids = [...document.querySelectorAll("[id]")].map((it) => it.id);
for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`two have the id ${id}`);
for (const it of document.querySelectorAll("input, select"))
  if (!it.labels || it.labels.length === 0) wrong.push(`no label: ${it.outerHTML.slice(0, 80)}`);
for (const it of document.querySelectorAll("a, button"))
  if (!it.textContent.trim()) wrong.push(`no words: ${it.outerHTML.slice(0, 80)}`);
return wrong;
