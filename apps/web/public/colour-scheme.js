// Sets the chosen colour scheme before the first paint, so that a dark page never flashes white.
(function () {
  var choice = null;
  try {
    choice = window.localStorage.getItem('carillon-colour-scheme');
  } catch (_error) {
    // Storage may be switched off: then the system's own scheme is used.
  }
  var dark = choice === 'dark' || (choice !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
