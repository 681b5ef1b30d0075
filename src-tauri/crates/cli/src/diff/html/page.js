document.documentElement.classList.add('js');
for (const slider of document.querySelectorAll('.slider')) {
  const input = slider.querySelector('input');
  const show = () => {
    slider.style.setProperty('--at', `${input.value}%`);
    input.setAttribute('aria-valuetext', `${input.value} % before`);
  };
  const follow = (event) => {
    const { left, width } = slider.getBoundingClientRect();
    input.value = String(Math.round(((event.clientX - left) / width) * 100));
    show();
  };
  slider.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    input.focus({ preventScroll: true, focusVisible: false });
    slider.setPointerCapture(event.pointerId);
    follow(event);
  });
  slider.addEventListener('pointermove', (event) => {
    if (slider.hasPointerCapture(event.pointerId)) follow(event);
  });
  input.addEventListener('input', show);
  show();
}
