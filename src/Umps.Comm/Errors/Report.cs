using System;

namespace Umps;

/// <summary>Lines to standard error for what no caller would otherwise hear of: a rank that dies, requests left behind.</summary>
internal static class Report
{
    /// <summary>One report; the launcher adds its label to each line.</summary>
#pragma warning disable RS0030 // The one place of the library that writes to the program's stderr.
    public static void Write(string text) => Console.Error.WriteLine(text);
#pragma warning restore RS0030
}
