using System;

namespace Umps.Testing;

/// <summary>A random test failed; the message names the seed and the command that repeats it.</summary>
public sealed class SeedException(string message, Exception cause) : Exception(message, cause);
