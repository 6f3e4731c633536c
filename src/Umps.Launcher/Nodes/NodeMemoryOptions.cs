using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Umps.Transport;

namespace Umps.Launcher;

/// <summary>The options that shape the node's memory: it is made before any rank can read its configuration.</summary>
internal static class NodeMemoryOptions
{
    private const string UnitPoolBytes = "Umps:Transport:Shm:UnitPoolBytes", LoanArenaBytes = "Umps:Transport:Shm:LoanArenaBytes";

    /// <summary>From umpsrun's options, else from the ranks' environment, else from umps.json in their working folder. What is not a number is left to the ranks: they check
    /// all options together.</summary>
    public static TransportOptions Of(IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyDictionary<string, string> variables, string folder)
    {
        string path = Path.Combine(folder, "umps.json");
        byte[]? file = File.Exists(path) ? Read(path) : null;
        var options = new TransportOptions();
        ShmOptions shm = options.Shm;
        if (int.TryParse(Find(UnitPoolBytes, settings, variables, file), NumberStyles.Integer, CultureInfo.InvariantCulture, out int units))
            shm = shm with { UnitPoolBytes = units };
        if (long.TryParse(Find(LoanArenaBytes, settings, variables, file), NumberStyles.Integer, CultureInfo.InvariantCulture, out long loans))
            shm = shm with { LoanArenaBytes = loans };
        return options with { Shm = shm };
    }

    private static string? Find(string option, IReadOnlyList<KeyValuePair<string, string>> settings, IReadOnlyDictionary<string, string> variables, byte[]? file)
    {
        string? text = file is null ? null : InFile(file, option);
        foreach ((string name, string value) in variables)
            if (name.Replace("__", ":", StringComparison.Ordinal).Equals(option, StringComparison.OrdinalIgnoreCase))
                text = value;
        foreach ((string key, string value) in settings)
            if (key.Equals(option, StringComparison.OrdinalIgnoreCase))
                text = value;
        return text;
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;        // the ranks say so
        }
    }

    private static string? InFile(byte[] file, string option)
    {
        try
        {
            var leniently = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };      // as the ranks read it
            using var document = JsonDocument.Parse(file, leniently);
            return Find(document.RootElement, option);
        }
        catch (JsonException)
        {
            return null;        // the ranks say so
        }
    }

    /// <summary>A key may be nested, or written with colons.</summary>
    private static string? Find(JsonElement element, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (property.Name.Equals(path, StringComparison.OrdinalIgnoreCase))
                return property.Value.ToString();
            if (path.StartsWith(property.Name + ":", StringComparison.OrdinalIgnoreCase) && Find(property.Value, path[(property.Name.Length + 1)..]) is { } found)
                return found;
        }

        return null;
    }
}
