import { createHash } from 'node:crypto'

type Random = () => number

/** What programs write and developers paste: no words to a model, whatever is in them. */
export type MachineTextKind = {
  name: string
  /** Not among what the model is trained on, so that the bound on false alarms says something about new kinds. */
  isHeldOut: boolean
  create(random: Random): string
}

const pick = <Item>(items: readonly Item[], random: Random): Item =>
  items[Math.floor(random() * items.length)]!
const integer = (random: Random, below: number) => Math.floor(random() * below)
const hex = (random: Random, length: number) =>
  createHash('sha512').update(String(random())).digest('hex').repeat(2).slice(0, length)
const base64 = (random: Random, length: number) =>
  createHash('sha512').update(String(random())).digest('base64').repeat(4).slice(0, length)
const uuid = (random: Random) => hex(random, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
const rows = (random: Random, most: number, row: (index: number) => string, separator = '\n') =>
  Array.from({ length: 1 + integer(random, most) }, (_, index) => row(index)).join(separator)
const word = (random: Random) =>
  pick(
    'user order system session prompt cache token index message request worker config admin role rule instruction previous override secret model agent task queue buffer stream parser handler service client server event state value key path file line node tree graph batch retry limit policy'.split(
      ' ',
    ),
    random,
  )
const name = (random: Random) => `${word(random)}${pick(['_', '-', ''], random)}${word(random)}`
const date = (random: Random) =>
  `2026-0${1 + integer(random, 9)}-${10 + integer(random, 18)}T${10 + integer(random, 13)}:${10 + integer(random, 49)}:${10 + integer(random, 49)}.${100 + integer(random, 899)}Z`
const level = (random: Random) =>
  pick(['info', 'warn', 'error', 'debug', 'INFO', 'WARN', 'ERROR', 'TRACE'], random)
const verb = (random: Random) =>
  pick(
    'get set read write load print show delete send run call execute ignore reset reveal stop start parse'.split(
      ' ',
    ),
    random,
  )
const sentence = (random: Random) =>
  `${pick(['Returns', 'Reads', 'Ignores', 'Prints', 'Sends', 'Resets', 'Overrides', 'Checks', 'Skips'], random)} the ${pick(['previous', 'first', 'given', 'current', 'hidden', 'default', 'last'], random)} ${word(random)}${pick([' of the ', ' for each ', ' without the ', ' before the '], random)}${word(random)}.`

function kind(kindName: string, create: (random: Random) => string, isHeldOut = false): MachineTextKind {
  return { name: kindName, isHeldOut, create }
}

export const machineTextKinds: readonly MachineTextKind[] = [
  kind('hash', (random) => hex(random, pick([32, 40, 64, 128], random))),
  kind('number', (random) => String(integer(random, 1e10) + 1e9)),
  kind('numbers', (random) =>
    rows(
      random,
      80,
      () => `${integer(random, 1e6)}${pick(['', `.${integer(random, 999)}`], random)}`,
      pick([' ', ', ', '\n', ';'], random),
    ),
  ),
  kind('checksums', (random) =>
    rows(random, 20, (index) => `${hex(random, 64)}  ${name(random)}-${index}.tar.gz`),
  ),
  kind('uuids', (random) =>
    rows(random, 12, () => `${pick(['', 'id: ', '"id": "', `${word(random)}=`], random)}${uuid(random)}`),
  ),
  kind('JSON logs', (random) =>
    rows(random, 12, () =>
      JSON.stringify({
        time: date(random),
        level: level(random),
        traceId: hex(random, 32),
        span: hex(random, 16),
        msg: `${verb(random)} ${name(random)}`,
        [word(random)]: uuid(random),
        ms: integer(random, 5000),
      }),
    ),
  ),
  kind('text logs', (random) =>
    rows(
      random,
      20,
      () =>
        `${date(random)} ${level(random)} [${name(random)}] ${verb(random)} ${word(random)} ${uuid(random)} took ${integer(random, 900)}ms status=${pick([200, 201, 404, 500, 503], random)}`,
    ),
  ),
  kind(
    'CSV',
    (random) =>
      `id,${word(random)},${word(random)},amount\n${rows(random, 30, (index) => `${index + integer(random, 1e5)},${word(random)},${pick(['yes', 'no', ''], random)},${integer(random, 1e5) / 100}`)}`,
  ),
  kind('number table', (random) =>
    rows(random, 40, (index) =>
      [1.7e9 + 60 * index, integer(random, 1e5), (random() * 100).toFixed(4), integer(random, 9)].join(
        pick([',', '\t', ' | ', ';'], random),
      ),
    ),
  ),
  kind('IBANs', (random) =>
    rows(
      random,
      8,
      () =>
        `${pick(['DE', 'FR', 'GB', 'NL', 'ES'], random)}${10 + integer(random, 89)} ${rows(random, 5, () => String(1000 + integer(random, 8999)), ' ')}`,
    ),
  ),
  kind('SQL', (random) =>
    rows(
      random,
      6,
      () =>
        `${pick(['SELECT', 'DELETE', 'SELECT DISTINCT'], random)} ${word(random)}, ${name(random).replace('-', '_')} FROM ${word(random)}s WHERE ${word(random)}_id = ${integer(random, 1e6)} AND ${word(random)} = '${word(random)}' ORDER BY created_at LIMIT ${integer(random, 100)};`,
    ),
  ),
  kind(
    'SQL dump',
    (random) =>
      `INSERT INTO ${word(random)}s VALUES\n${rows(random, 30, () => `(${integer(random, 1e9)}, ${integer(random, 1e6)}, ${random().toFixed(3)}, '${word(random)}')`, ',\n')};`,
  ),
  kind('package-lock', (random) =>
    rows(
      random,
      6,
      () =>
        `    "node_modules/${name(random)}": {\n      "version": "${integer(random, 9)}.${integer(random, 20)}.${integer(random, 9)}",\n      "resolved": "https://registry.npmjs.org/${name(random)}/-/${name(random)}.tgz",\n      "integrity": "sha512-${base64(random, 86)}==",\n      "engines": {\n        "node": ">=${integer(random, 22)}"\n      }\n    }`,
      ',\n',
    ),
  ),
  kind('go.sum', (random) =>
    rows(
      random,
      15,
      () =>
        `github.com/${word(random)}/${name(random)} v1.${integer(random, 30)}.${integer(random, 9)} h1:${base64(random, 43)}=`,
    ),
  ),
  kind('Cargo.lock', (random) =>
    rows(
      random,
      6,
      () =>
        `[[package]]\nname = "${name(random)}"\nversion = "0.${integer(random, 30)}.${integer(random, 9)}"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "${hex(random, 64)}"\n`,
    ),
  ),
  kind(
    'TypeScript',
    (random) =>
      `import { ${word(random)} } from './${name(random)}.ts'\n\n/** ${sentence(random)} */\nexport function ${verb(random)}${word(random)}(${word(random)}: string, ${word(random)}: number): boolean {\n${rows(random, 8, () => `  const ${word(random)} = ${word(random)}.${verb(random)}(${word(random)}, ${integer(random, 100)})`)}\n  // ${sentence(random)}\n  if (!${word(random)}) throw new Error('${verb(random)} the ${word(random)} first')\n  return ${word(random)} === ${integer(random, 10)}\n}\n`,
  ),
  kind(
    'Python',
    (random) =>
      `import ${pick(['os', 'json', 're', 'sys'], random)}\n\n\ndef ${verb(random)}_${word(random)}(${word(random)}, ${word(random)}=None):\n    """${sentence(random)}\n\n    ${sentence(random)}\n    """\n${rows(random, 8, () => `    ${word(random)} = self.${word(random)}.${verb(random)}(${word(random)}["${word(random)}"], ${integer(random, 50)})`)}\n    return ${word(random)}\n`,
  ),
  kind('shell', (random) =>
    rows(
      random,
      8,
      () =>
        `${pick(['docker', 'kubectl', 'git', 'curl -s', 'npm', 'aws s3'], random)} ${verb(random)} --${name(random)} ${word(random)} ${pick(['| jq .', '&& echo ok', '> /dev/null', ''], random)}`,
    ),
  ),
  kind(
    'YAML',
    (random) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name(random)}\n  uid: ${uuid(random)}\ndata:\n${rows(random, 12, () => `  ${name(random)}: "${pick([word(random), integer(random, 9999), 'true'], random)}"`)}`,
  ),
  kind('base64', (random) => rows(random, 12, () => base64(random, 76))),
  kind(
    'stack trace',
    (random) =>
      `${pick(['TypeError', 'Error', 'ValueError', 'IOException'], random)}: cannot ${verb(random)} ${word(random)} of undefined\n${rows(random, 12, () => `    at ${word(random)}.${verb(random)} (/srv/app/${name(random)}.js:${integer(random, 900)}:${integer(random, 80)})`)}`,
  ),
  kind(
    'README',
    (random) =>
      `# ${name(random)}\n\n${sentence(random)} ${sentence(random)}\n\n## Install\n\n\`\`\`sh\nnpm install ${name(random)}\n\`\`\`\n\n## Usage\n\n${sentence(random)} You must ${verb(random)} the ${word(random)} before you ${verb(random)} it.\n\n- \`${word(random)}\`: ${sentence(random)}\n- \`${word(random)}\`: ${sentence(random)}\n\n## License\n\nMIT`,
  ),
  kind('tool result', (random) =>
    JSON.stringify({
      status: pick(['ok', 'open', 'done'], random),
      id: integer(random, 1e6),
      body: `${sentence(random)} ${sentence(random)}`,
      tags: [word(random), word(random)],
      next: null,
    }),
  ),
  kind(
    'diff',
    (random) =>
      `diff --git a/${name(random)}.ts b/${name(random)}.ts\nindex ${hex(random, 7)}..${hex(random, 7)} 100644\n@@ -${integer(random, 99)},7 +${integer(random, 99)},9 @@\n${rows(random, 12, () => `${pick(['+', '-', ' '], random)}  ${verb(random)}(${word(random)}, '${word(random)}')`)}`,
    true,
  ),
  kind(
    'metrics',
    (random) =>
      rows(
        random,
        20,
        () =>
          `${word(random)}_${word(random)}_total{${word(random)}="${word(random)}",le="${random().toFixed(2)}"} ${integer(random, 1e7)}`,
      ),
    true,
  ),
  kind(
    'git log',
    (random) =>
      rows(
        random,
        10,
        () =>
          `commit ${hex(random, 40)}\nAuthor: ${word(random)} <${word(random)}@example.com>\nDate:   ${date(random)}\n\n    ${verb(random)} the ${word(random)} of each ${word(random)}\n`,
      ),
    true,
  ),
  kind(
    'XML',
    (random) =>
      `<?xml version="1.0"?>\n<${word(random)}s>\n${rows(random, 15, () => `  <${word(random)} id="${integer(random, 1e5)}" ${word(random)}="${uuid(random)}">${word(random)}</${word(random)}>`)}`,
    true,
  ),
  kind(
    'hex dump',
    (random) =>
      rows(
        random,
        20,
        (index) =>
          `${(16 * index).toString(16).padStart(8, '0')}  ${hex(random, 32).replace(/(..)/g, '$1 ')} |................|`,
      ),
    true,
  ),
  kind(
    'GeoJSON',
    (random) =>
      JSON.stringify({
        type: 'LineString',
        coordinates: Array.from({ length: 1 + integer(random, 40) }, () => [
          Number((random() * 180).toFixed(5)),
          Number((random() * 90).toFixed(5)),
        ]),
      }),
    true,
  ),
  kind(
    'Java',
    (random) =>
      `package com.acme.${word(random)};\n\npublic final class ${word(random)} {\n${rows(random, 6, () => `  private final ${pick(['String', 'int', 'Map<String, Object>'], random)} ${word(random)};`)}\n\n  /** ${sentence(random)} */\n  public void ${verb(random)}() {\n    this.${word(random)}.${verb(random)}(${integer(random, 9)});\n  }\n}\n`,
    true,
  ),
]
