const pattern = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** The bytes of standard Base64 (RFC 4648, 4) with padding; undefined where it is anything else. */
export function fromBase64(text: string): Buffer | undefined {
  if (!pattern.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
