"""Units, calendars, occupancies, free time, holds, waitlist, iCal."""
