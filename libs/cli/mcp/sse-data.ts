/**
 * The data of each event of a stream, as it comes; events without data are passed over.
 * @param onId gets the id of each event that has one.
 */
export async function* sseData(
  body: ReadableStream<Uint8Array>,
  onId: (id: string) => void = () => {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = /\r?\n\r?\n/.exec(text); end; end = /\r?\n\r?\n/.exec(text)) {
      const lines = text.slice(0, end.index).split(/\r?\n/)
      const valuesOf = (field: string) =>
        lines
          .filter((line) => line.startsWith(field))
          .map((line) => line.slice(line[field.length] === ' ' ? field.length + 1 : field.length))
      const id = valuesOf('id:').at(-1)
      if (id !== undefined) onId(id)
      const data = valuesOf('data:').join('\n')
      text = text.slice(end.index + end[0].length)
      if (data !== '') yield data
    }
  }
}
