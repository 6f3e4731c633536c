using System.Collections.Generic;

namespace Umps.Launcher;

/// <summary>A program that can be started as a rank.</summary>
/// <param name="Command">The executable, and what comes before the user's arguments.</param>
/// <param name="Environment">Variables without which it may not start.</param>
internal sealed record ResolvedProgram(IReadOnlyList<string> Command, IReadOnlyList<KeyValuePair<string, string>> Environment);
