/** The TypeScript compiler, as strict as it gets, asked about some files and about the package that they use. */
import { join } from 'node:path'
import ts from 'typescript'

export type Resolution = 'nodenext' | 'bundler'

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  exactOptionalPropertyTypes: true,
  esModuleInterop: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  types: ['node'],
}
const RESOLUTIONS: Readonly<Record<Resolution, ts.CompilerOptions>> = {
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
}

const toText = ({ file, messageText }: ts.Diagnostic): string =>
  `${file?.fileName ?? 'the program'}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`

/** Other packages' declarations are read, and not judged: they are not ours. */
export function complaintsOf(folder: string, files: readonly string[], resolution: Resolution): string[] {
  const rootNames = files.map((file) => join(folder, file))
  const options = { ...OPTIONS, ...RESOLUTIONS[resolution] }
  const host = ts.createCompilerHost(options)
  host.getCurrentDirectory = () => folder
  const program = ts.createProgram({ rootNames, options, host })
  const judged = program
    .getSourceFiles()
    .filter(({ fileName }) => rootNames.includes(fileName) || fileName.includes('/@stepgate/'))
  return [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...judged.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ].map(toText)
}
