import { SDK_VERSION } from '../version.ts'

/**
 * Loads a part of the package that few services need. The files of a running process may have been replaced meanwhile: rejects
 * for a part of another version, which could read a configuration differently.
 */
export async function loadPart<Part extends { readonly SDK_VERSION: string }>(
  load: () => Promise<Part>,
): Promise<Part> {
  const part = await load()
  const version: string = part.SDK_VERSION
  if (version !== SDK_VERSION) throw new Error(`it is of version ${version} beside ${SDK_VERSION}`)
  return part
}
