import tseslint from 'typescript-eslint';

export default tseslint.config({ ignores: ['dist/'] }, {
  files: ['src/**/*.ts', 'test/**/*.ts'],
  languageOptions: { parser: tseslint.parser },
  rules: { 'prefer-const': 'error', 'no-var': 'error', eqeqeq: 'error' },
});
