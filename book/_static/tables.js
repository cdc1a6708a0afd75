// Search, filter and sort for the pages of the tables. Without this script all rows still stand on the page.
document.querySelectorAll(".data-table").forEach((box) => {
  const body = box.querySelector("tbody");
  const rows = Array.from(body.rows);
  const search = box.querySelector("input[type=search]");
  const selects = Array.from(box.querySelectorAll("select[data-column]"));
  const sortBy = box.querySelector("select[name=sort]");
  const count = box.querySelector("output");
  const heads = Array.from(box.querySelectorAll("thead button"));
  const listed = Array.from(rows);
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row) => {
      const fits =
        words.every((word) => texts.get(row).includes(word)) &&
        selects.every((select) => !select.value || row.cells[select.dataset.column].textContent === select.value);
      row.hidden = !fits;
      shown += fits;
    });
    count.textContent = `${shown} of ${rows.length} rows`;
  };

  const sort = (head, down = false) => {
    heads.forEach((other) => other.parentElement.removeAttribute("aria-sort"));
    if (!head) return body.append(...listed);
    const column = heads.indexOf(head);
    head.parentElement.setAttribute("aria-sort", down ? "descending" : "ascending");
    const order = new Intl.Collator("en", { numeric: true });
    const sign = down ? -1 : 1;
    rows.sort((a, b) => {
      const [x, y] = [a.cells[column].textContent, b.cells[column].textContent];
      if (!x || !y) return (x ? 0 : 1) - (y ? 0 : 1); // empty cells last, either way
      return sign * order.compare(x, y);
    });
    body.append(...rows);
  };

  search.addEventListener("input", filter);
  selects.forEach((select) => select.addEventListener("change", filter));
  heads.forEach((head) =>
    head.addEventListener("click", () => {
      sort(head, head.parentElement.getAttribute("aria-sort") === "ascending");
      sortBy.value = head.textContent;
    })
  );
  // Cards have no heads to press.
  sortBy.addEventListener("change", () => sort(heads.find((head) => head.textContent === sortBy.value)));
  box.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  filter();
});
