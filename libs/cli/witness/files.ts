import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readFileIfThere, replaceFile } from '@airs-cp/files'
import { createSigner, parseSigner, type Signer, sha256, type WitnessMemory } from '@airs-cp/transparency-log'

/**
 * What a witness keeps in a folder: `key`, its secret, and for each log the checkpoint that it has cosigned last. Without
 * these files it would cosign another history.
 * @param name of a key that is made now.
 */
export async function openWitnessFiles(
  directory: string,
  name: string | undefined,
): Promise<{ signer: Signer; memory: WitnessMemory }> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const key = join(directory, 'key')
  let secret = await readFileIfThere(key)
  if (secret === undefined) {
    const signer = createSigner(name ?? 'airs-cp/witness', 'cosignature-ed25519')
    secret = `${signer.secret}\n`
    await replaceFile(key, secret)
  }
  const fileOf = (origin: string) => join(directory, `log-${sha256(origin).toString('hex', 0, 16)}`)
  return {
    signer: parseSigner(secret),
    memory: {
      read: (origin) => readFileIfThere(fileOf(origin)),
      write: (origin, text) => replaceFile(fileOf(origin), text),
    },
  }
}
