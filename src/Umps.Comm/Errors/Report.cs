using System;

namespace Umps;

/// <summary>Lines to standard error for what no caller would otherwise hear of: a rank that dies, requests left behind.</summary>
internal static class Report
{
    /// <summary>One report; the launcher adds its label to each line.</summary>
    public static void Write(string text) => Console.Error.WriteLine(text);
}
