// What GraphiQL stores in the browser: tabs, history, favourites and preferences, without headers.
//
// GraphiQL writes the headers of its history to localStorage even when `shouldPersistHeaders` is false. Here every
// value is also held in memory, so that the history has its headers until the page is closed, and localStorage gets
// a copy without them. Values that contain a client secret or a JWT stay in memory altogether; secrets of other
// systems that somebody writes into a query or its variables cannot be recognized.

const PREFIX = 'graphiql:'
const SECRET = /psk_[A-Za-z0-9]|eyJ[\w-]{5}/

const memory = new Map()

function withoutHeaders(value) {
  try {
    return JSON.stringify(JSON.parse(value), (name, member) => (name === 'headers' ? null : member))
  } catch {
    return value
  }
}

/** The part of a value that may be stored, or null. */
function storable(key, value) {
  if (/header/i.test(key)) return null
  const copy = withoutHeaders(value)
  return SECRET.test(copy) ? null : copy
}

function storedKeys() {
  return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX))
}

/** The storage that GraphiQL is given. */
export const storage = {
  getItem: (key) => memory.get(key) ?? localStorage.getItem(key),
  setItem(key, value) {
    memory.set(key, value)
    const copy = storable(key, value)
    if (copy !== null) localStorage.setItem(key, copy)
  },
  removeItem(key) {
    memory.delete(key)
    localStorage.removeItem(key)
  },
  clear() {
    memory.clear()
    storedKeys().forEach((key) => localStorage.removeItem(key))
  },
  get length() {
    return storedKeys().length
  },
}
