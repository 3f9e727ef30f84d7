// Sorting of tables by their column heads; without scripts the tables stand as the server orders them.
for (const table of document.querySelectorAll("table.sortable")) {
  table.querySelectorAll("thead th").forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sort(table, head, column));
  });
}

function sort(table, head, column) {
  const upward = head.getAttribute("aria-sort") === "descending" || !head.hasAttribute("aria-sort");
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", upward ? "ascending" : "descending");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, key: row.cells[column].dataset.sort ?? "" }));
  const isNumeric = rows.every(({ key }) => key === "" || !Number.isNaN(Number(key)));
  rows.sort((a, b) => {
    if (a.key === "" || b.key === "") return (a.key === "") - (b.key === ""); // what has no value stands last either way
    const order = isNumeric ? Number(a.key) - Number(b.key) : a.key.localeCompare(b.key, document.documentElement.lang);
    return upward ? order : -order;
  });
  body.append(...rows.map(({ row }) => row));
}
