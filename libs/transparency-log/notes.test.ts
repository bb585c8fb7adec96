import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  checkpointBody,
  checkpointText,
  createSigner,
  emptyRoot,
  findSignatures,
  formatProofFile,
  formatVerifierKey,
  isQuorum,
  type KeyAlgorithm,
  KeyError,
  NoteError,
  PolicyFileError,
  parseAddCheckpoint,
  parseCheckpointText,
  parseNote,
  parseProofFile,
  parseSigner,
  parseVerifierKey,
  parseWitnessPolicy,
  sha256,
  signNote,
  verifyNote,
} from './index.ts'

const text = checkpointText({ origin: 'example.com/log', size: 12, root: emptyRoot })
const algorithms: KeyAlgorithm[] = ['ed25519', 'cosignature-ed25519', 'cosignature-ml-dsa-44']

describe('a signed note', () => {
  test('of C2SP signed-note verifies with its key', () => {
    const key = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
    const note =
      'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'
    assert.deepEqual(
      verifyNote(parseNote(note), [key]).map((one) => one.key),
      [key],
    )
    assert.throws(() => verifyNote(parseNote(note.replace('example m', 'exemple m')), [key]), {
      reason: 'invalid',
    })
  })

  test('of golang.org/x/mod verifies, and its private key signs the same', () => {
    const signer = parseSigner(
      'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz',
    )
    assert.equal(
      formatVerifierKey(signer.key),
      'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
    )
    const said =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    assert.equal(
      signNote(said, [signer]),
      `${said}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`,
    )
  })

  for (const algorithm of algorithms)
    test(`of ${algorithm} holds for its text alone`, () => {
      const signer = createSigner('example.com/log', algorithm)
      const again = parseSigner(signer.secret)
      const key = parseVerifierKey(formatVerifierKey(again.key))
      const note = signNote(text, [signer])
      const [verified] = verifyNote(parseNote(note), [key])
      assert.equal(verified!.at === undefined, algorithm === 'ed25519')
      fc.assert(
        fc.property(fc.nat(Buffer.byteLength(note) - 1), fc.nat(7), (at, bit) => {
          const changed = Buffer.from(note)
          changed[at]! ^= 1 << bit
          assert.throws(() => verifyNote(parseNote(changed), [key]), NoteError)
        }),
        { numRuns: algorithm === 'cosignature-ml-dsa-44' ? 100 : 300 },
      )
    })

  test('passes over signatures of others, and refuses a false one of a known key', () => {
    const [mine, others] = [createSigner('a', 'ed25519'), createSigner('a', 'ed25519')]
    const note = parseNote(signNote(text, [others, mine]))
    assert.deepEqual(
      verifyNote(note, [mine.key]).map(({ key }) => key),
      [mine.key],
    )
    assert.throws(() => verifyNote(parseNote(signNote(text, [others])), [mine.key]), { reason: 'unknown' })
    assert.deepEqual(findSignatures(parseNote(signNote(text, [others])), [mine.key]), [])
    const forged = { key: mine.key, sign: others.sign }
    for (const signers of [[forged], [mine, forged], [forged, mine]])
      assert.throws(() => verifyNote(parseNote(signNote(text, signers)), [mine.key]), { reason: 'invalid' })
  })

  test('is refused when it is malformed', () => {
    const note = signNote(text, [createSigner('a', 'ed25519')])
    for (const wrong of [
      '',
      text,
      note.slice(0, -1),
      `${note}\n`,
      note.replace('— a', '- a'),
      note.replace('— a', '— a+b'),
      note.replace('example', 'exa\u0001mple'),
      note.replace('example', 'exa\rmple'),
      note.replace(/— a \S/, '— a !'),
      Buffer.concat([Buffer.of(0xff), Buffer.from(note)]),
      note.replace('— a', 'x — a'),
      `${note.slice(0, -1)} more\n`,
      `${text}\n— a AAAAAA==\n`,
      `${text}\n— a\n`,
    ])
      assert.throws(() => parseNote(wrong), { name: 'NoteError', reason: 'malformed' })
    for (const text of ['', 'no line feed', 'a\tb\n'])
      assert.throws(() => signNote(text, []), { name: 'NoteError', reason: 'malformed' })
  })

  test('has at most 100 signatures and a million bytes', () => {
    const { name } = createSigner('a', 'ed25519').key
    const withLines = (lines: number) => `${text}\n${`— ${name} AAAAAAE=\n`.repeat(lines)}`
    assert.equal(parseNote(withLines(100)).signatures.length, 100)
    assert.throws(() => parseNote(withLines(101)), /more than 100 signatures/)
    const ending = withLines(1)
    const longest = `${'a'.repeat(1_000_000 - ending.length - 3)}\n${ending}`
    assert.equal(Buffer.byteLength(longest), 1_000_000)
    assert.equal(parseNote(longest).signatures.length, 1)
    assert.throws(() => parseNote(`a${longest}`), /too long/)
  })

  test('says whose signatures it has, where none of them is trusted', () => {
    const [mine, other] = [createSigner('mine', 'ed25519'), createSigner('other', 'ed25519')]
    assert.throws(() => verifyNote(parseNote(signNote(text, [other])), [mine.key]), {
      message: `No signature is of a trusted key; it claims other+${other.key.id}`,
    })
  })
})

describe('a checkpoint', () => {
  test('is three lines and extensions', () => {
    assert.deepEqual(parseCheckpointText(`${text}more\n`), {
      origin: 'example.com/log',
      size: 12,
      root: emptyRoot,
      extensions: ['more'],
    })
    for (const wrong of [
      '',
      'a\n1\n',
      text.slice(0, -1),
      `${text}more`,
      text.replace('12', '012'),
      text.replace('=', ''),
      `${text}\n`,
      '\n',
      'a\n1\n\n',
      `\n${text.slice(text.indexOf('\n') + 1)}`,
      ...['', '-1', '1.5', '1e3', ' 12', '9007199254740992', '12x'].map((size) => text.replace('12', size)),
      text.replace(/\n[^\n]+\n$/, '\nAAAA\n'),
      `${text}\nmore\n`,
    ])
      assert.equal(parseCheckpointText(wrong), undefined, wrong)
    assert.equal(parseCheckpointText(text.replace('12', '9007199254740991'))?.size, Number.MAX_SAFE_INTEGER)
    assert.throws(() => checkpointBody('a\n1\n'), {
      name: 'CheckpointError',
      message: /origin, size and root hash/,
    })
  })
})

describe('a key', () => {
  test('that is damaged or of an unknown type is refused', () => {
    const { key, secret } = createSigner('a', 'ed25519')
    const vkey = formatVerifierKey(key)
    for (const wrong of [
      '',
      'a',
      vkey.slice(0, -4),
      vkey.replace(/\+(.)/, (_, digit) => `+${digit === '0' ? 1 : 0}`),
    ])
      assert.throws(() => parseVerifierKey(wrong), KeyError)
    assert.throws(() => parseSigner(vkey), KeyError)
    assert.throws(
      () => parseSigner(`${secret.slice(0, -8)}AAAAAAA=`),
      (error: Error) => !error.message.includes(secret.slice(-40)),
    )
    assert.throws(() => createSigner('a b', 'ed25519'), KeyError)
  })
})

describe('a proof file', () => {
  test('is read as it was written', () => {
    const checkpoint = signNote(text, [createSigner('a', 'ed25519')])
    const hashes = fc.array(
      fc.string().map((one) => sha256(one)),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(
        fc.nat(),
        hashes,
        fc.option(
          fc.uint8Array().map((one) => Buffer.from(one)),
          { nil: undefined },
        ),
        (index, proof, extra) => {
          const file = { index, hashes: proof, checkpoint, ...(extra && { extra }) }
          assert.deepEqual(parseProofFile(formatProofFile(file)), file)
        },
      ),
    )
    for (const wrong of [
      '',
      'c2sp.org/tlog-proof@v1\n',
      formatProofFile({ index: 1, hashes: [], checkpoint }).replace('index 1', 'index 01'),
    ])
      assert.throws(() => parseProofFile(wrong), { name: 'ProofFileError' })
  })
})

describe('add-checkpoint', () => {
  test('refuses a body that is none', () => {
    const hash = sha256('').toString('base64')
    assert.equal(parseAddCheckpoint(`old 3\n${hash}\n\n${text}\n`)?.proof.length, 1)
    const lines = `${hash}\n`.repeat(64)
    for (const wrong of [
      '',
      'old 3\n',
      `old 03\n\n${text}`,
      `old 3\nx\n\n${text}`,
      `old 3\n${lines}\n${text}`,
    ])
      assert.equal(parseAddCheckpoint(wrong), undefined)
  })
})

describe('a witness policy', () => {
  const vkey = (name: string, algorithm: KeyAlgorithm) => formatVerifierKey(createSigner(name, algorithm).key)
  const witness = (name: string) => `witness ${name} ${vkey(name, 'cosignature-ed25519')}`
  const file = [
    '# whom we believe',
    `log ${vkey('example.com/log', 'ed25519')} https://example.com/log`,
    ...['X1', 'X2', 'X3', 'Y1', 'Y2'].map(witness),
    'group X 2 X1 X2 X3',
    '\tgroup Y any Y1  Y2',
    'group both all X Y',
    'quorum both',
    '',
  ].join('\n')

  test('says which witnesses are enough', () => {
    const policy = parseWitnessPolicy(file)
    assert.equal(policy.logs[0]!.url, 'https://example.com/log')
    const isEnough = (...names: string[]) => isQuorum(policy, new Set(names))
    assert.ok(isEnough('X1', 'X3', 'Y2'))
    assert.ok(!isEnough('X1', 'Y1', 'Y2'))
    assert.ok(!isEnough('X1', 'X2', 'X3'))
    assert.ok(isQuorum(parseWitnessPolicy('quorum none\n'), new Set()))
  })

  test('is refused with the line that is wrong', () => {
    for (const [wrong, pattern] of [
      ['', /no line "quorum"/],
      ['quorum x\n', /Line 1.*x is not/],
      ['quorum none\nquorum none\n', /Line 2.*one line/],
      [`${witness('a')}\ngroup g 2 a\nquorum g\n`, /threshold of 1 to 1/],
      [`${witness('a')}\ngroup g any a\ngroup h any a\nquorum g\n`, /in two/],
      [`${witness('a')}\n${witness('a')}\nquorum a\n`, /taken/],
      [`witness none ${vkey('a', 'cosignature-ed25519')}\nquorum none\n`, /taken/],
      [`witness a ${vkey('a', 'ed25519')}\nquorum a\n`, /type cosignature/],
      ['watch a\nquorum none\n', /found watch/],
      ['constructor a\nquorum none\n', /found constructor/],
    ] as const)
      assert.throws(
        () => parseWitnessPolicy(wrong),
        (error) => error instanceof PolicyFileError && pattern.test(error.message),
      )
  })
})
