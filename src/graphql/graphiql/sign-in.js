// The form that exchanges client id and secret for an access token. The token stays in this module's memory.

const element = (id) => document.getElementById(id)
const [form, clientId, secret, button, forget] =
  ['sign-in', 'client-id', 'client-secret', 'get-token', 'forget-token'].map(element)

const NO_TOKEN = 'No token. Enter a client id and secret to get one.'

let token = null
let expiresAt = 0
let changed = () => {}

/** The current access token, or null. */
export const accessToken = () => token

/** Calls `callback` whenever there is another token. */
export function onTokenChange(callback) {
  changed = callback
}

/** Shows a message in the header; `kind` is `error` or `info`. */
export function report(message, kind = 'error') {
  element('state').textContent = message
  element('state').dataset.kind = kind
}

/** The words for an HTTP status that any endpoint may answer; null for others. */
export function explain(response) {
  const seconds = response.headers.get('Retry-After')
  const later = seconds ? `Try again in ${seconds} s.` : 'Try again later.'
  if (response.status === 429) return `Too many requests or failed attempts. ${later}`
  if (response.status === 503) return `The server is temporarily unavailable. ${later}`
  if (response.status >= 500) return `The server failed with HTTP ${response.status}. ${later}`
  return null
}

export const UNREACHABLE = 'The server cannot be reached. Check the network connection.'

function setToken(value, lifetime = 0) {
  token = value
  expiresAt = Date.now() + lifetime * 1000
  forget.hidden = token === null
  showTimeLeft()
  changed()
}

function showTimeLeft() {
  const seconds = Math.max(0, Math.round((expiresAt - Date.now()) / 1000))
  element('left').textContent =
    token === null ? '' : seconds > 90 ? `(${Math.round(seconds / 60)} min left)` : `(${seconds} s left)`
  if (token !== null && seconds === 0) {
    setToken(null)
    report('The token has expired. Get a new one.')
  }
}

async function exchange() {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId.value.trim(),
    client_secret: secret.value.trim(),
  })
  const response = await fetch('/oauth/token', { method: 'POST', body, credentials: 'omit' }).catch(() => null)
  if (response === null) return report(UNREACHABLE)
  const reply = await response.json().catch(() => ({}))
  if (response.ok && reply.access_token) {
    setToken(reply.access_token, reply.expires_in)
    const end = new Date(expiresAt).toLocaleTimeString()
    report(`Token valid until ${end}`, 'info')
    clientId.value = ''
    secret.value = ''
  } else if (response.status === 401) {
    report('Sign-in failed: the client id or secret is wrong, or the credential is not active.')
  } else {
    report(explain(response) ?? reply.error_description ?? `The server answered with HTTP ${response.status}.`)
  }
}

form.addEventListener('submit', async (event) => {
  event.preventDefault()
  button.disabled = true
  await exchange()
  button.disabled = false
})

forget.addEventListener('click', () => {
  setToken(null)
  report(NO_TOKEN, 'info')
})

setInterval(showTimeLeft, 1000)
report(NO_TOKEN, 'info')
