// What serverless-esbuild loads from serverless.yml: it takes CommonJS only, which may in turn load TypeScript.
const { bundleOptions } = require('./bundle/options.ts');

module.exports = () => ({
  ...bundleOptions,
  outputFileExtension: '.mjs',
  exclude: [], // by default it leaves the SDK to the runtime
});
