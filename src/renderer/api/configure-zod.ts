import { z } from 'zod';

// zod probes `new Function`, which the content security policy refuses and reports. Before any schema is made.
z.config({ jitless: true });
