// What the buttons beside a report ask for; each is pressed once.
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-report]');
  if (!button || button.getAttribute('aria-disabled')) return;
  button.setAttribute('aria-disabled', 'true');
  const what = {report: button.dataset.report};
  if (button.name === 'remove') trigger('remove', what);
  else trigger('put_back', what);
});
