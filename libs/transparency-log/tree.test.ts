import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  AssemblyError,
  consistencyRanges,
  emptyRoot,
  Frontier,
  frontierNodes,
  type Hash,
  hashOfSpan,
  inclusionRanges,
  KeptTree,
  type LeafRange,
  leafHash,
  nodeHash,
  nodesBeside,
  type PerfectNode,
  rangeHashes,
  TreeAssembly,
  tileSpan,
  verifyConsistency,
  verifyInclusion,
} from './index.ts'

/** The definition of RFC 9162, 2.1.1, as it stands there. */
function naiveRoot(leaves: Hash[]): Hash {
  if (leaves.length === 0) return emptyRoot
  if (leaves.length === 1) return leaves[0]!
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(naiveRoot(leaves.slice(0, k)), naiveRoot(leaves.slice(k)))
}

const leavesOf = (size: number): Hash[] =>
  Array.from({ length: size }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)))

/** Level by level, as a log keeps them in tiles: what `tileSpan` asks for. */
function readFrom(leaves: Hash[]) {
  const levels: Hash[][] = [leaves]
  for (let at = 0; levels[at]!.length >= 256; at++)
    levels.push(
      Array.from({ length: Math.floor(levels[at]!.length / 256) }, (_, index) =>
        naiveRoot(levels[at]!.slice(index * 256, (index + 1) * 256)),
      ),
    )
  return async (nodes: PerfectNode[]) =>
    nodes.map((node) => {
      const { level, first, count } = tileSpan(node)
      const hashes = levels[level]!.slice(first, first + count)
      assert.equal(hashes.length, count)
      return hashOfSpan(Buffer.concat(hashes))
    })
}

const proofOf = (leaves: Hash[], ranges: LeafRange[]) => rangeHashes(ranges, readFrom(leaves))
const flip = (hash: Hash, at: number): Hash => {
  const other = Buffer.from(hash)
  other[at % other.length]! ^= 1 << (at % 8)
  return other
}

describe('the hashes of RFC 6962', () => {
  const entries = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ].map((hex) => Buffer.from(hex, 'hex'))
  // Of the reference implementation's tests (github.com/google/certificate-transparency).
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ]

  test('are those of its reference implementation for trees of up to eight leaves', () => {
    const frontier = new Frontier()
    for (const [size, root] of roots.entries()) {
      assert.equal(frontier.root().toString('hex'), root)
      if (size < entries.length) frontier.append(leafHash(entries[size]!))
    }
  })

  test('give its proofs of inclusion and consistency', async () => {
    const leaves = entries.map((entry) => leafHash(entry))
    const hex = async (ranges: LeafRange[]) =>
      (await proofOf(leaves, ranges)).map((hash) => hash.toString('hex'))
    assert.deepEqual(await hex(inclusionRanges(0, 8)), [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ])
    assert.deepEqual(await hex(consistencyRanges(6, 8)), [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ])
  })
})

test('a tree in memory has the same roots, and a proof of each entry and of no other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: 40 }), (entries) => {
      const tree = new KeptTree()
      for (const entry of entries) tree.append(Buffer.from(entry))
      const leaves = entries.map((entry) => leafHash(Buffer.from(entry)))
      assert.deepEqual(tree.root(), naiveRoot(leaves))
      for (const [index, leaf] of leaves.entries()) {
        const proof = tree.proof(index)
        assert.ok(verifyInclusion(leaf, index, tree.size, proof, tree.root()))
        assert.ok(!verifyInclusion(leafHash(Buffer.from('other\0')), index, tree.size, proof, tree.root()))
      }
    }),
  )
})

const sizes = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(255, 256, 257, 511, 512, 600))

describe('a tree', () => {
  test('that grows leaf by leaf has the root of the definition, and completes each perfect subtree once', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const leaves = leavesOf(size)
        const frontier = new Frontier()
        const nodes = new Set<string>()
        for (const leaf of leaves)
          frontier.append(leaf, ({ level, index }, hash) => {
            const width = 2 ** level
            assert.deepEqual(hash, naiveRoot(leaves.slice(index * width, (index + 1) * width)))
            nodes.add(`${level}/${index}`)
          })
        assert.deepEqual(frontier.root(), naiveRoot(leaves))
        let complete = 0
        for (let width = 2; width <= size; width *= 2) complete += Math.floor(size / width)
        assert.equal(nodes.size, complete)
      }),
      { numRuns: 60 },
    )
  })

  test('goes on from its right edge', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), async (size, cut) => {
        const leaves = leavesOf(size)
        const from = cut % (size + 1)
        const frontier = new Frontier(from, await readFrom(leaves)(frontierNodes(from)))
        for (const leaf of leaves.slice(from)) frontier.append(leaf)
        assert.deepEqual(frontier.root(), naiveRoot(leaves))
      }),
      { numRuns: 60 },
    )
  })

  test('proves each of its leaves, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, choice, bit) => {
        const leaves = leavesOf(size)
        const [index, root] = [choice % size, naiveRoot(leaves)]
        const proof = await proofOf(leaves, inclusionRanges(index, size))
        const holds = (leaf: Hash, at: number, of: number, hashes: Hash[], to: Hash) =>
          verifyInclusion(leaf, at, of, hashes, to)
        assert.ok(holds(leaves[index]!, index, size, proof, root))
        assert.ok(!holds(flip(leaves[index]!, bit), index, size, proof, root))
        assert.ok(!holds(leaves[index]!, index, size, proof, flip(root, bit)))
        assert.ok(!holds(leaves[index]!, index, size, [...proof, root], root))
        assert.ok(!holds(leaves[index]!, size, size, proof, root))
        for (const [at, hash] of proof.entries())
          assert.ok(!holds(leaves[index]!, index, size, proof.with(at, flip(hash, bit)), root))
        const other = (index + 1 + (bit % size)) % size
        if (other !== index) assert.ok(!holds(leaves[index]!, other, size, proof, root))
      }),
      { numRuns: 60 },
    )
  })

  test('proves that it is the continuation of each smaller one, and of no other tree', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, cut, bit) => {
        const leaves = leavesOf(size)
        const oldSize = cut % (size + 1)
        const [oldRoot, root] = [naiveRoot(leaves.slice(0, oldSize)), naiveRoot(leaves)]
        const proof = await proofOf(leaves, consistencyRanges(oldSize, size))
        assert.ok(verifyConsistency(oldSize, oldRoot, size, root, proof))
        assert.ok(!verifyConsistency(oldSize, flip(oldRoot, bit), size, root, proof))
        if (oldSize > 0) assert.ok(!verifyConsistency(oldSize, oldRoot, size, flip(root, bit), proof))
        for (const [at, hash] of proof.entries())
          assert.ok(!verifyConsistency(oldSize, oldRoot, size, root, proof.with(at, flip(hash, bit))))
      }),
      { numRuns: 60 },
    )
  })
})

describe('a proof', () => {
  const leaves = leavesOf(9)
  const [four, nine] = [naiveRoot(leaves.slice(0, 4)), naiveRoot(leaves)]

  test('of a leaf or a size that the tree does not have is not given, and holds for nothing', async () => {
    for (const [index, size] of [
      [-1, 9],
      [9, 9],
      [0, 0],
      [Number.NaN, 9],
    ] as const) {
      assert.throws(() => inclusionRanges(index, size), RangeError)
      assert.equal(verifyInclusion(leaves[0]!, index, size, [], leaves[0]!), false)
    }
    for (const [oldSize, size] of [
      [10, 9],
      [-1, 9],
      [Number.NaN, 9],
    ] as const) {
      assert.throws(() => consistencyRanges(oldSize, size), RangeError)
      assert.equal(verifyConsistency(oldSize, nine, size, nine, []), false)
    }
    assert.deepEqual(inclusionRanges(0, 1), [])
    assert.equal(verifyInclusion(leaves[0]!, 0, 1, [], leaves[0]!), true)
  })

  test('that a tree continues itself is empty, and of its own root alone', () => {
    assert.deepEqual(consistencyRanges(9, 9), [])
    assert.equal(verifyConsistency(9, nine, 9, nine, []), true)
    assert.equal(verifyConsistency(9, four, 9, nine, []), false)
    assert.equal(verifyConsistency(9, nine, 9, nine, [nine]), false)
    assert.equal(verifyConsistency(0, emptyRoot, 0, emptyRoot, []), true)
  })

  test('that a tree continues the empty one is empty too, and of the root of no leaves', () => {
    assert.deepEqual(consistencyRanges(0, 9), [])
    assert.equal(verifyConsistency(0, emptyRoot, 9, nine, []), true)
    assert.equal(verifyConsistency(0, nine, 9, nine, []), false)
    assert.equal(verifyConsistency(0, emptyRoot, 9, nine, [nine]), false)
  })

  test('with a hash too many or too few does not hold', async () => {
    const proof = await proofOf(leaves, consistencyRanges(4, 9))
    assert.equal(verifyConsistency(4, four, 9, nine, proof), true)
    assert.equal(verifyConsistency(4, four, 9, nine, [...proof, nine]), false)
    assert.equal(verifyConsistency(4, four, 9, nine, proof.slice(1)), false)
  })
})

test('a right edge has as many hashes as its size has subtrees, and a copy grows by itself', () => {
  assert.throws(() => new Frontier(3, [emptyRoot]), /3 leaves.*than 1/)
  assert.throws(() => new Frontier(0, [emptyRoot]), RangeError)
  const [one, two] = leavesOf(2)
  const edge = new Frontier()
  edge.append(one!)
  const copy = edge.clone()
  copy.append(two!)
  assert.deepEqual([edge.size, copy.size], [1, 2])
  assert.deepEqual([edge.root(), copy.root()], [one, nodeHash(one!, two!)])
})

describe('a tree that is put together', () => {
  const chosen = fc.tuple(sizes, fc.array(fc.nat(), { maxLength: 30 })).map(([size, picks]) => ({
    size,
    indexes: [...new Set(picks.map((pick) => pick % size))].sort((a, b) => a - b),
  }))
  const rangesOf = (indexes: number[]) => indexes.map((index) => ({ from: index, to: index + 1 }))

  test('of some leaves and what is beside them has its root, in any order, and with a changed leaf another', async () => {
    await fc.assert(
      fc.asyncProperty(chosen, fc.nat(), fc.func(fc.nat()), async ({ size, indexes }, bit, order) => {
        const leaves = leavesOf(size)
        const beside = [...nodesBeside(rangesOf(indexes), size)]
        const hashes = await readFrom(leaves)(beside)
        const parts = [
          ...beside.map((node, at) => ({ node, hash: hashes[at]! })),
          ...indexes.map((index) => ({ node: { level: 0, index }, hash: leaves[index]! })),
        ]
        parts.sort((a, b) => order(a.node) - order(b.node))
        const rootOf = (some: typeof parts) => {
          const assembly = new TreeAssembly()
          for (const { node, hash } of some) assembly.add(node, hash)
          return assembly.root(size)
        }
        assert.deepEqual(rootOf(parts), naiveRoot(leaves))
        if (parts.length === 0) return
        const at = bit % parts.length
        const part = parts[at]!
        assert.notDeepEqual(
          rootOf(parts.with(at, { ...part, hash: flip(part.hash, bit) })),
          naiveRoot(leaves),
        )
        assert.throws(() => rootOf(parts.toSpliced(at, 1)), AssemblyError)
        assert.throws(() => rootOf([...parts, part]), AssemblyError)
      }),
      { numRuns: 100 },
    )
  })

  test('of leaves beside each other needs few hashes', () => {
    assert.ok([...nodesBeside([{ from: 4_999_123, to: 5_000_123 }], 10_000_000)].length < 50)
  })
})
