// Sends GraphiQL's requests to the server, with the token of the form unless the headers editor names another.
// Subscriptions are event streams.

import { resultsOf } from './event-stream.js'
import { UNREACHABLE, accessToken, explain, report } from './sign-in.js'

const failed = (message) => ({ errors: [{ message }] })

const SINGLE = { path: '/graphql', accept: 'application/graphql-response+json, application/json;q=0.9' }
const STREAM = { path: '/graphql/stream', accept: 'text/event-stream' }

const withoutTexts = (query) => query.replaceAll(/"""[^]*?"""|"(?:\\.|[^"\\\n])*"|#.*/g, '')

// Right after another tab was chosen, GraphiQL still has the document and the operation name of the one before.
function current({ operationName, ...params }) {
  const isNamed = new RegExp(`(?:query|mutation|subscription)\\s+${operationName}\\b`).test(withoutTexts(params.query))
  return isNamed ? { operationName, ...params } : params
}

function isSubscription({ query, operationName }) {
  const name = operationName ? `\\s+${operationName}\\b` : '\\b'
  return new RegExp(`(?:^|\\})\\s*subscription${name}`).test(withoutTexts(query))
}

function headersOf(accept, own) {
  const headers = new Headers({ 'Content-Type': 'application/json', Accept: accept })
  const token = accessToken()
  if (token !== null) headers.set('Authorization', `Bearer ${token}`)
  for (const [name, value] of Object.entries(own ?? {})) headers.set(name, value)
  return headers
}

function unauthenticated(headers) {
  return headers.has('Authorization')
    ? 'The token was rejected: it has expired, or its credential is no longer active. Get a new one.'
    : 'A token is needed. Get one with a client id and secret.'
}

/** A fetcher; GraphiQL reads the schema again when it is given a new one. */
export const createFetcher = () => async (params, options) => {
  const request = current(params)
  const { path, accept } = isSubscription(request) ? STREAM : SINGLE
  let headers
  try {
    headers = headersOf(accept, options?.headers)
  } catch {
    return failed('The headers editor holds an invalid header name or value.')
  }
  const body = JSON.stringify(request)
  const abort = new AbortController()
  const init = { method: 'POST', headers, body, credentials: 'omit', signal: abort.signal }
  const response = await fetch(path, init).catch(() => null)
  if (response === null) {
    report(UNREACHABLE)
    return failed(UNREACHABLE)
  }
  if (response.ok && path === STREAM.path) return resultsOf(response, () => abort.abort())
  const message = response.status === 401 ? unauthenticated(headers) : explain(response)
  if (message !== null) report(message)
  const unreadable = failed(message ?? `The server answered with HTTP ${response.status} and no JSON.`)
  return response.json().catch(() => unreadable)
}
