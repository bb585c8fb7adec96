export type StoredImage = {
  mediaType: string
  bytes: number
  /** Base64; null where it is too large to be sent with a conversation. */
  data: string | null
}

const shown = /^image\/(?:png|jpeg|gif|webp)$/
const start = /^data:(image\/(?:png|jpeg|gif|webp));base64,/
const largestSent = 1_000_000

/** Images that stand in a body itself, in its order, each with a JSON pointer to it. One at an address is not fetched. */
export function imagesIn(body: unknown): { path: string; image: StoredImage }[] {
  const found: { path: string; image: StoredImage }[] = []
  const left: { value: unknown; path: string }[] = [{ value: body, path: '' }]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, path } = next
    const image = typeof value === 'string' ? fromAddress(value) : fromObject(value)
    if (image) found.push({ path, image })
    else if (typeof value === 'object' && value !== null)
      for (const [name, inner] of Object.entries(value).reverse())
        if (typeof inner === 'object' || typeof inner === 'string')
          left.push({ value: inner, path: `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` })
  }
  return found
}

/** `data:image/png;base64,…`, as OpenAI's formats have it. */
function fromAddress(text: string): StoredImage | undefined {
  const type = start.exec(text.slice(0, 40))
  return type ? storedImage(type[1]!, text.slice(type[0].length)) : undefined
}

/** Base64 beside its type, as Anthropic, Gemini and MCP have it. */
function fromObject(value: unknown): StoredImage | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { data, media_type, mimeType, mime_type } = value as Record<string, unknown>
  const type = media_type ?? mimeType ?? mime_type
  if (typeof data !== 'string' || typeof type !== 'string' || !shown.test(type)) return undefined
  return storedImage(type, data)
}

function storedImage(mediaType: string, base64: string): StoredImage {
  const bytes = Math.floor((base64.replace(/={1,2}$/, '').length * 3) / 4)
  return { mediaType, bytes, data: base64.length <= largestSent ? base64 : null }
}
