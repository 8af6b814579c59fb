export { createClient, windowBridge, type Client } from './client.ts';
