/** What an editor shows: every name of the published declarations has a sentence, and what is called has an example. */
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { ENTRIES, SDK_FOLDER } from './packed-package.ts'

const FILES = ENTRIES.map((entry) => join(SDK_FOLDER, `dist/${entry.split('/')[2] ?? 'index'}.d.ts`))

const hasDoc = (node: ts.Node): boolean =>
  ts
    .getJSDocCommentsAndTags(node)
    .some((doc) => ts.isJSDoc(doc) && (ts.getTextOfJSDocComment(doc.comment) ?? '') !== '')

const hasExample = (node: ts.Node): boolean => ts.getJSDocTags(node).some((tag) => tag.tagName.text === 'example')

type Named =
  | ts.InterfaceDeclaration
  | ts.TypeAliasDeclaration
  | ts.ClassDeclaration
  | ts.FunctionDeclaration
  | ts.VariableDeclaration

const isNamed = (node: ts.Node): node is Named =>
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isClassDeclaration(node) ||
  ts.isFunctionDeclaration(node)

/** `kind: 'scopes'` tells the members of a union apart, and says all there is to say. */
const isDiscriminant = (node: ts.Node): boolean =>
  ts.isPropertySignature(node) && node.type !== undefined && ts.isLiteralTypeNode(node.type)

const isMember = (node: ts.Node): boolean =>
  (ts.isPropertySignature(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isConstructorDeclaration(node)) &&
  !(ts.canHaveModifiers(node) && node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword))

/** `StepgateOptions`, `StepgateOptions.url`, … with the declaration of each. Declarations in other modules are others'. */
function listNames(file: ts.SourceFile): { readonly name: string; readonly node: ts.Node }[] {
  const found: { name: string; node: ts.Node }[] = []
  const visit = (node: ts.Node, owner: string): void => {
    const isListed = isNamed(node) || isMember(node)
    const own = isListed ? ((node as { name?: ts.Node }).name?.getText(file) ?? 'constructor') : ''
    const name = [owner, own].filter((part) => part !== '').join('.')
    if (isListed) found.push({ name, node })
    // A constant says what it is by its values.
    if (!ts.isVariableStatement(node)) ts.forEachChild(node, (child) => visit(child, name))
  }
  for (const statement of file.statements) visit(statement, '')
  return found
}

const program = ts.createProgram(FILES, { noLib: true, types: [] })
const checker = program.getTypeChecker()

describe.each(FILES)('%s', (path) => {
  const file = program.getSourceFile(path)
  if (file === undefined) throw new Error(`${path} is missing`)

  it('has a sentence for every name and member', () => {
    const names = listNames(file)
    expect(names.length).toBeGreaterThan(0)
    // Augmented interfaces of other modules are theirs; what is added to them is ours.
    const isOurs = ({ node }: { node: ts.Node }): boolean => !ts.isModuleBlock(node.parent)
    expect(
      names
        .filter((entry) => isOurs(entry) && !hasDoc(entry.node) && !isDiscriminant(entry.node))
        .map(({ name }) => name),
    ).toEqual([])
  })

  it('has an example for what is called', () => {
    const symbol = checker.getSymbolAtLocation(file)
    const exported = symbol === undefined ? [] : checker.getExportsOfModule(symbol)
    const called = exported
      .map((entry) => ((entry.flags & ts.SymbolFlags.Alias) === 0 ? entry : checker.getAliasedSymbol(entry)))
      .flatMap((entry) => entry.declarations ?? [])
      .filter((node) => ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node))
    expect(called.length).toBeGreaterThan(0)
    expect(called.filter((node) => !hasExample(node)).map((node) => (node.name as ts.Identifier).text)).toEqual([])
  })
})
