using System;

namespace Umps.Bench;

/// <summary>A wrong argument; the message names it and says what to write instead.</summary>
internal sealed class ArgumentFault(string message) : Exception(message);
