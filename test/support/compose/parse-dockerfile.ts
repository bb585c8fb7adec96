export type Instruction = { keyword: string; text: string }
export type Stage = { name: string; base: string; instructions: Instruction[] }

/** Stages of a Dockerfile in their order; those without a name have their number as name. */
export function parseDockerfile(text: string): Stage[] {
  const stages: Stage[] = []
  const args = new Map<string, string>()
  for (const instruction of readInstructions(text)) {
    const { keyword, text: rest } = instruction
    const stage = stages.at(-1)
    if (keyword === 'FROM') {
      const [, base, name] = /^(\S+)(?: +AS +(\S+))?$/i.exec(rest) ?? []
      if (!base) throw new Error(`FROM ${rest} is not understood`)
      stages.push({
        name: name ?? String(stages.length),
        base: base.replace(/\$\{(\w+)\}/g, (_, arg: string) => args.get(arg) ?? ''),
        instructions: [],
      })
    } else if (stage) stage.instructions.push(instruction)
    else if (keyword === 'ARG') args.set(...nameAndValue(rest))
    else throw new Error(`${keyword} before the first FROM is not understood`)
  }
  return stages
}

function readInstructions(text: string): Instruction[] {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword, rest] = /^(\w+)\s+(.*)$/.exec(line.trim()) ?? []
      if (!keyword || rest === undefined) throw new Error(`${line} is not an instruction of a Dockerfile`)
      return { keyword: keyword.toUpperCase(), text: rest }
    })
}

function nameAndValue(text: string): [string, string] {
  const at = text.indexOf('=')
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}
