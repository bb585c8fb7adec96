/** Whether the character at a place within a string of JSON, such as a quote, is escaped: an odd number of backslashes is before it. */
export function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++
  return slashes % 2 === 1
}

const backslash = 0x5c
