// A choice is kept at once, without drawing the passages anew, so that the keyboard stays where it is.
let last = Promise.resolve();  // one after the other: two quick choices are kept in the order they were made
element.addEventListener('change', (event) => {
  const chosen = event.target, whole = chosen.closest('[data-question]');
  if (!whole) return;
  const what = JSON.stringify({question: whole.dataset.question, passage: chosen.name, chosen: chosen.value});
  const told = element.querySelector('[role=status]');
  last = last.then(() => server.keep(what)).then(
    (words) => { told.textContent = words; },
    () => { told.textContent = 'Not saved: casebook could not be reached'; },
  );
});
