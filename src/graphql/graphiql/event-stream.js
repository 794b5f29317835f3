// Reads the results of an event stream, after graphql-sse in its distinct connections mode.

const INTERRUPTED = 'The event stream was interrupted. Execute the subscription again.'

/** The event and the data of a block of lines; comments have neither. */
function parse(block) {
  const field = (name) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trim())
      .join('\n')
  return { event: field('event'), data: field('data') }
}

async function* results(body) {
  let text = ''
  for await (const chunk of chunks(body.pipeThrough(new TextDecoderStream()))) {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop()
    for (const { event, data } of blocks.map(parse)) {
      if (event === 'next') yield JSON.parse(data)
      if (event === 'complete') return
    }
  }
  yield { errors: [{ message: INTERRUPTED }] }
}

// Not every browser iterates over streams.
async function* chunks(stream) {
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
}

/** The results of a response, which `stop` ends: an async iterable. */
export function resultsOf(response, stop) {
  const source = results(response.body)
  const iterator = {
    next: () => source.next().catch((error) => {
      if (error.name === 'AbortError') return { done: true }
      throw error
    }),
    // The source itself would end after the next chunk.
    return: async () => {
      stop()
      return { done: true }
    },
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}
