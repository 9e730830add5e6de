// Strips types with the compiler itself, one file at a time: no other tool reads our sources differently.
import ts from 'typescript'

/** @returns {import('rollup').Plugin} */
export const typescript = () => ({
  name: 'newel-typescript',
  transform(code, id) {
    if (!id.endsWith('.ts')) return null
    const { outputText, sourceMapText } = ts.transpileModule(code, {
      fileName: id,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        isolatedModules: true,
        sourceMap: true,
      },
    })
    return { code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ''), map: JSON.parse(sourceMapText) }
  },
})
