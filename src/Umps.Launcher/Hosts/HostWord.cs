using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace Umps.Launcher;

/// <summary>One node in one word, as hostfiles and --host have it: <c>[user@]host[:slots]</c>, an IPv6 address in brackets.</summary>
/// <param name="Host">Name or address, without brackets.</param>
/// <param name="User">The user, if one is named.</param>
/// <param name="Slots">The slots, if they are named.</param>
internal readonly record struct HostWord(string Host, string? User, int? Slots)
{
    /// <summary>Most slots of a node.</summary>
    public const int SlotsMax = OptionValues.RanksMax;

    /// <summary>Reads a word.</summary>
    /// <param name="word">The word, without blanks around it.</param>
    /// <param name="host">What it says.</param>
    /// <param name="at">On failure: where in the word.</param>
    /// <param name="fault">On failure: what is wrong, and the remedy.</param>
    public static bool TryParse(string word, out HostWord host, out int at, out string fault)
    {
        host = default;
        (at, fault) = (0, "");
        string? user = null;
        int begin = word.IndexOf('@', StringComparison.Ordinal) + 1;
        if (begin > 0)
        {
            user = word[..(begin - 1)];
            if (!IsName(user))
            {
                fault = $"\"{user}\" is no user name. Write user@node.";
                return false;
            }
        }

        at = begin;
        string rest = word[begin..];
        string name, slots = "";
        int colon;
        if (rest.StartsWith('['))
        {
            int close = rest.IndexOf(']', StringComparison.Ordinal);
            name = close < 0 ? "" : rest[1..close];
            if (close < 0 || !IPAddress.TryParse(name, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                fault = $"\"{rest}\" has no IPv6 address in its brackets. Write for example [::1] or [::1]:4.";
                return false;
            }

            colon = close + 1;
            if (colon < rest.Length && rest[colon] != ':')
            {
                at = begin + colon;
                fault = $"\"{rest[colon..]}\" after the bracket. Only :slots may follow, for example [::1]:4.";
                return false;
            }
        }
        else
        {
            colon = rest.IndexOf(':', StringComparison.Ordinal);
            if (colon >= 0 && rest.IndexOf(':', colon + 1) >= 0)
            {
                fault = $"\"{rest}\" has several colons. Put an IPv6 address in brackets: [{rest}].";
                return false;
            }

            name = colon < 0 ? rest : rest[..colon];
            if (!IsName(name))
            {
                fault = name.Length == 0 ? "the name of a node is missing. Write node, node:4 or user@node." : $"\"{name}\" is no name or address of a node: letters, digits, '.', '-' and '_', no '-' first.";
                return false;
            }
        }

        if (colon >= 0 && colon < rest.Length)
            slots = rest[(colon + 1)..];
        int count = 0;
        if (colon >= 0 && colon < rest.Length && !TryParseSlots(slots, out count))
        {
            at = begin + colon + 1;
            fault = SlotsFault(slots);
            return false;
        }

        host = new HostWord(name, user, count == 0 ? null : count);
        return true;
    }

    /// <summary>Reads a number of slots.</summary>
    public static bool TryParseSlots(string text, out int slots) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out slots) && slots is >= 1 and <= SlotsMax;

    /// <summary>What is wrong with a number of slots.</summary>
    public static string SlotsFault(string text) => $"\"{text}\" is no number of slots: a whole number from 1 to {SlotsMax}.";

    /// <summary>A name that is handed to ssh must not look like one of its options.</summary>
    public static bool IsName(string text) =>
        text.Length > 0 && text[0] != '-' && text.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_');
}
