// What osls loads from serverless.yml: it takes CommonJS only, which may in turn load TypeScript.
const { stackOf } = require('./stack.ts');

try {
  module.exports = stackOf(process.env);
} catch (error) {
  // osls prints the stack where there is one. Of a mistake in the policy file the lines are enough.
  if (error.name === 'InputError') error.stack = `\n${error.message}`;
  throw error;
}
