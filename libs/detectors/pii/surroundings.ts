/** How far context words are looked for. */
export const contextBefore = 48

/** What stands before `start`, in lower case. */
export function textBefore(text: string, start: number): string {
  return text.slice(Math.max(0, start - contextBefore), start).toLowerCase()
}

/** Whether the groups of an account number (`FR50 3544 4572 …`) go on after this text, which is in lower case. */
export function isInsideAccount(text: string): boolean {
  return /(?<![a-z0-9])[a-z]{2}\d\d(?:[ -][a-z0-9]{4}){0,8}[ -]$/.test(text)
}
