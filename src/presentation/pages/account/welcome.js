// Takes the token of the link out of the address, which browsers remember, and into the form.
const token = document.getElementById('token');

function take() {
  if (location.hash.length > 1) {
    token.value = location.hash.slice(1);
    history.replaceState(null, '', location.pathname + location.search);
  }
}

// A second link that is opened in the same tab loads nothing.
addEventListener('hashchange', take);
take();
