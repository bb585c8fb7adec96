/** A call of a tool that a model made, in a request's history or in a response. */
export type ToolCall = {
  /** JSON pointer to its arguments. */
  path: string
  name: string
  /** Other names by which rules may know it. */
  also?: string[]
  /** Its arguments as they were written; as JSON where they were written as such. */
  text: string
}

/** Which tools a request offers, and which were called. */
export type ToolUse = { offered: { path: string; name: string; also?: string[] }[]; calls: ToolCall[] }

export const noTools: ToolUse = { offered: [], calls: [] }
