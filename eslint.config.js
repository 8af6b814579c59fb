import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { createFenceRule } from './scripts/lint/fence-rule.ts';
import { fences } from './scripts/lint/fences.ts';

const sources = ['**/*.{ts,tsx}'];
const scripts = ['**/*.{js,mjs,cjs}'];
const configurations = [
  '*.config.{js,ts}',
  '*.config.*.ts',
  'e2e/playwright.config.ts',
  'scripts/packaging/*.mjs',
];

const clockMessage =
  'Queries and migrations are repeatable: take the time, or the random value, as an argument.';

export default defineConfig(
  globalIgnores(['out/', 'dist/', 'coverage/', 'test-results/', '**/fixtures/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'recado/every-file',
    files: [...sources, ...scripts],
    extends: [tseslint.configs.recommended],
    plugins: {
      'import-x': importX,
      recado: { rules: { fences: createFenceRule(fences, import.meta.dirname) } },
    },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.js', '.mjs'] })],
    },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['warn', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true, namedFrom: true } },
      ],
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'recado/fences': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-self-import': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    name: 'recado/with-types',
    files: sources,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    name: 'recado/configurations-export-default',
    files: configurations,
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    name: 'recado/catalogues-are-lists',
    files: ['src/renderer/i18n/*.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    name: 'recado/no-console-in-the-product',
    files: ['src/main/**', 'src/preload/**', 'src/renderer/**', 'relay/src/**'],
    rules: { 'no-console': 'error' },
  },
  {
    name: 'recado/window',
    files: ['src/renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    // Advice for the React compiler, which we do not use.
    rules: { 'react-hooks/incompatible-library': 'off' },
  },
  {
    name: 'recado/queries-know-no-clock',
    files: ['src/main/store/{queries,migrations}/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'setInterval', 'setImmediate', 'performance', 'crypto', 'fetch'].map((name) => ({
          name,
          message: clockMessage,
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: clockMessage },
        { object: 'Math', property: 'random', message: clockMessage },
        { object: 'performance', property: 'now', message: clockMessage },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: clockMessage },
        { selector: 'CallExpression[callee.name="Date"]', message: clockMessage },
      ],
    },
  },
);
