using System;

namespace Stencil2D;

/// <summary>Something the user gave cannot be used; the message is the line to print.</summary>
internal sealed class InputException(string message) : Exception(message);
