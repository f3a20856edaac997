// Says a line when connected, prints what comes, and ends with the first of it.
'use strict';

const net = require('node:net');

const [path] = process.argv.slice(2);
if (!path) {
  console.error('usage: node echo-client.js PATH');
  process.exit(2);
}

const client = net.createConnection({ path }, () => {
  console.log('connected to server');
  client.write('world!\r\n');
});

client.on('data', (data) => {
  process.stdout.write(data);
  client.end();
});

client.on('end', () => console.log('disconnected from server'));

client.on('error', (error) => {
  console.error(`client: ${error.message}`);
  process.exitCode = 1;
});
