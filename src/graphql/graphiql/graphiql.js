// Puts GraphiQL together. The token lives in this page's memory alone.
'use strict'

let token = null

const state = document.getElementById('state')

document.getElementById('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault()
  const secret = document.getElementById('client-secret')
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: document.getElementById('client-id').value,
    client_secret: secret.value,
  })
  const reply = await fetch('/oauth/token', { method: 'POST', body: form })
  const body = await reply.json()
  token = body.access_token ?? null
  secret.value = ''
  state.textContent = token ? `a token for ${body.expires_in} s` : body.error_description
})

async function fetcher(params, options = {}) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json', ...options.headers }
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
  if (token && !named) headers.Authorization = `Bearer ${token}`
  const reply = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(params) })
  return reply.json()
}

// GraphiQL's history writes headers down even when it is told not to keep them.
const storage = {
  getItem: (key) => localStorage.getItem(key),
  removeItem: (key) => localStorage.removeItem(key),
  clear: () => localStorage.clear(),
  get length() {
    return localStorage.length
  },
  setItem(key, value) {
    if (!/header|queries|favorites|tabState/i.test(key)) localStorage.setItem(key, value)
  },
}

const explorer = window.GraphiQLPluginExplorer?.explorerPlugin
const root = ReactDOM.createRoot(document.getElementById('graphiql'))
root.render(
  React.createElement(GraphiQL, {
    fetcher,
    storage,
    plugins: explorer ? [explorer()] : [],
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    defaultQuery: '{\n  viewer {\n    organization {\n      label\n    }\n    roles {\n      label\n    }\n  }\n}\n',
  }),
)
