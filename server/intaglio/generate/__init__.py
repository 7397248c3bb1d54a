"""Ask a backend for a body: prompt, gates, budget, repair. The only package that imports litellm."""
